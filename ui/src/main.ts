/** Opens the window. */
import '@fontsource-variable/inter';
import './kit/tokens.css';
import { mount } from 'svelte';
import App from './app/App.svelte';
import { watchPresses } from './kit/press';

watchPresses(window);
const target = document.getElementById('app');
if (target) mount(App, { target });

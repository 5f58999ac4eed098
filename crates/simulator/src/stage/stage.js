// Keeps the page true without moving what somebody is working in.
setInterval(async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.pathname);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(part.id);
      if (next && !part.contains(document.activeElement) && part.innerHTML !== next.innerHTML)
        part.innerHTML = next.innerHTML;
    }
  } catch { /* the simulator is away; the next round asks again */ }
}, 2000);

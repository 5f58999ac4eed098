/** The page with the policy that its content asks for. */
export function withPolicy(html: string): string;

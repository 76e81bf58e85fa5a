/** Who may do what over the API, weakest first; each may do what those before it may. */
export const ROLES = ["viewer", "operator", "risk", "admin"] as const;
export type Role = (typeof ROLES)[number];

export const isAtLeast = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed);

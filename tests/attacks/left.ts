// Which cases of the plan does this run leave, and why?
export const leftCases: readonly { ids: string; why: string }[] = [];

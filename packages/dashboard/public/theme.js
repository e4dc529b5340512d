// Before the first paint, so that a chosen theme does not flash. A file of its own, because the policy runs nothing inline.
try {
  const theme = localStorage.getItem("faultline.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's preference holds.
}

// Runs before the first paint, so that a chosen theme never flashes the other one.
(() => {
  const stored = () => {
    try {
      return localStorage.getItem("plotline-theme");
    } catch {
      return null; // Storage is switched off: the system's preference decides.
    }
  };
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    document.documentElement.dataset.theme = stored() ?? (system.matches ? "dark" : "light");
  };
  system.addEventListener("change", apply);
  apply();
})();

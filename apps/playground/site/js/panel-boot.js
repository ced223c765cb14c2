// Runs before the first paint, so that the shop is laid out once: beside the panel, or alone. A phone and a
// desk are remembered apart, and a phone begins without it.
(function () {
  var wide = matchMedia('(min-width: 1000px)').matches;
  var kept = null;
  try {
    kept = localStorage.getItem(wide ? 'playground.panel' : 'playground.drawer');
  } catch {
    // A browser that keeps nothing gets the panel as it comes.
  }
  document.documentElement.dataset.panel = kept || (wide ? 'open' : 'closed');
})();

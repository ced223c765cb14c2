// Beckon's snippet, as any site would paste it; in a file of its own because this site allows no inline
// script.
var _gt = window._gt || [];
_gt.push([
  'config',
  {
    name: 'playground',
    dslResource: location.origin + '/server/resources/dsl/domain-model.xml',
    httpEndpoint: location.origin,
    httpsEndpoint: location.origin,
    languageCode: 'en-GB',
    debug: false,
  },
]);
(function () {
  if (document.getElementById('_gt')) return;
  var script = document.createElement('script');
  script.id = '_gt';
  script.async = true;
  script.src = location.origin + '/server/resources/js/build/GTC.min.js';
  document.head.appendChild(script);
})();

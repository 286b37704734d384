// Lets the browser show a page when the network is away (templates/sw.js). Where that cannot be, all else works.
navigator.serviceWorker?.register("/sw.js", { type: "module", updateViaCache: "none" }).catch(() => {})

// Lets the browser show a page in words when the network is away (templates/sw.js). Where that cannot be, all else works.
navigator.serviceWorker?.register("/sw.js", { updateViaCache: "none" }).catch(() => {})

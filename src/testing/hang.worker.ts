/** Takes every message and never answers, as a decoder does in an endless loop. */
self.onmessage = () => { for (;;); }

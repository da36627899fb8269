// What the page was sent with: who is signed in, and at the playground the catalog.
export const start = JSON.parse(document.getElementById('start').textContent);

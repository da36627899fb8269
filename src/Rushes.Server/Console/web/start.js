// Data that the server puts into the page: the session, and on the playground the catalog.
export const start = JSON.parse(document.getElementById('start').textContent);

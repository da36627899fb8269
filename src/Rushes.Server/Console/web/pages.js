// The pages, and who may see them. Pages other than the playground are loaded when they are first shown.
import { lazily } from './lazy.js';
import { Playground } from './playground.js';

const Gallery = lazily(() => import('./gallery.js'), 'Gallery');
const Compare = lazily(() => import('./compare.js'), 'Compare');
const Jobs = lazily(() => import('./jobs.js'), 'Jobs');
const JobPage = lazily(() => import('./job.js'), 'JobPage');
const Queue = lazily(() => import('./queue.js'), 'Queue');
const Workers = lazily(() => import('./workers.js'), 'Workers');
const Accounts = lazily(() => import('./accounts.js'), 'Accounts');
const AccountPage = lazily(() => import('./account.js'), 'AccountPage');
const OwnAccount = lazily(() => import('./account.js'), 'OwnAccount');
const Reports = lazily(() => import('./reports.js'), 'Reports');
const Health = lazily(() => import('./health.js'), 'Health');

const pages = [
  { path: '/console', title: 'Playground', icon: 'film', view: Playground },
  { path: '/console/gallery', title: 'Gallery', icon: 'picture', view: Gallery },
  { path: '/console/jobs', title: 'Jobs', icon: 'jobs', view: Jobs },
  { path: '/console/queue', title: 'Queue', icon: 'queue', admin: true, view: Queue },
  { path: '/console/workers', title: 'Workers', icon: 'workers', admin: true, view: Workers },
  { path: '/console/accounts', title: 'Accounts', icon: 'accounts', admin: true, view: Accounts },
  { path: '/console/reports', title: 'Reports', icon: 'flag', admin: true, view: Reports },
  { path: '/console/account', title: 'Account', icon: 'accounts', customer: true, view: OwnAccount },
  { path: '/console/health', title: 'Health', icon: 'health', admin: true, view: Health },
];

/** Pages that the navigation does not list; `of` is the one that it marks instead. */
const hidden = [
  { path: /^\/console\/jobs\/([^/]+)$/, title: 'Job', of: '/console/jobs', view: JobPage },
  { path: /^\/console\/compare$/, title: 'Compare', of: '/console/gallery', view: Compare },
  { path: /^\/console\/accounts\/([^/]+)$/, title: 'Account', of: '/console/accounts', admin: true, view: AccountPage },
];

const may = (page, admin) => admin ? !page.customer : !page.admin;

export const pagesFor = admin => pages.filter(page => may(page, admin));

/** The page of a path, and the id in it. */
export function findPage(path, admin) {
  const page = pagesFor(admin).find(page => page.path === path);
  if (page) return { page };
  for (const page of hidden) {
    const match = page.path.exec(path);
    if (match && may(page, admin)) return { page, key: match[1] && decodeURIComponent(match[1]) };
  }
}

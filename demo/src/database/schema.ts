/** The orders' tables. Customers who joined before preferences existed have none. */
export const SCHEMA = `
create table if not exists orders (
  id text primary key,
  customer text not null,
  status text not null,
  total_cents integer not null,
  currency text not null
);
create table if not exists customers (id text primary key, preferences jsonb);
insert into customers (id, preferences)
  select 'c' || n, case when n > 900 then null else jsonb_build_object('language', 'en', 'interests', jsonb_build_array('tea', 'books')) end
  from generate_series(1, 1000) as n
  on conflict (id) do nothing;
insert into orders (id, customer, status, total_cents, currency)
  select 'o' || n, 'c' || (1 + n % 900), 'shipped', 1000 + n, 'EUR' from generate_series(1, 500) as n
  on conflict (id) do nothing;
`;

/** What the gateway lets through, and to whom. */
type Route = { readonly template: string; readonly service: "storefront" | "payments"; readonly pattern: RegExp };

const TEMPLATES: readonly (readonly [template: string, service: Route["service"]])[] = [
  ["/api/products", "storefront"],
  ["/api/products/:id", "storefront"],
  ["/api/cart", "storefront"],
  ["/api/checkout", "storefront"],
  ["/api/orders/:id", "storefront"],
  ["/api/orders/:id/invoice", "storefront"],
  ["/api/reviews", "storefront"],
  ["/api/recommendations", "storefront"],
  ["/api/gift-cards/:code", "storefront"],
  ["/api/quotes", "payments"],
];

const ROUTES: readonly Route[] = TEMPLATES.map(([template, service]) => ({
  template,
  service,
  pattern: new RegExp(`^${template.replaceAll(/:[a-z]+/g, "[^/]+")}$`),
}));

/** The route of a path, absent when the gateway knows none. */
export function findRoute(path: string): Route | undefined {
  return ROUTES.find((route) => route.pattern.test(path));
}

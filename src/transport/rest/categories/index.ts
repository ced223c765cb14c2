export { categoriesRoutes, type CategoriesRoutesOptions } from './categories-routes.js';

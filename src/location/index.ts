export {
  openCityDatabase,
  type CityDatabase,
  type CityDatabaseOptions,
  type FileNotice,
} from './city-database.js';
export { geoModes, placeIn, type GeoMode } from './city-record.js';
export { createVisitorFacts, serverFields, type Sender, type VisitorFactsOptions } from './visitor-facts.js';

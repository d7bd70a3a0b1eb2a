import { testFaults } from "./suite.ts";

await testFaults("lake");

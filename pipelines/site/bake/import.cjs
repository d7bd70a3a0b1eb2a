// Imports a file: a script, which the compiled program is (../../warm.cjs), can't; a module of this kind can, in any program.
module.exports = (url) => import(url);

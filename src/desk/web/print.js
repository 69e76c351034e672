// SPDX-License-Identifier: AGPL-3.0-or-later
// The sheet is whole without this; the browser's own print command does the same.
const button = document.getElementById("print");

button.addEventListener("click", () => window.print());

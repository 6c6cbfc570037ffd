//! Draws a resolved chart as SVG and PNG.

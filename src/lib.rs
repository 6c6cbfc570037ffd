//! Plotline.

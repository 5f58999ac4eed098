//! An invoice as SVG and PDF, set with Typst, and its QR code.

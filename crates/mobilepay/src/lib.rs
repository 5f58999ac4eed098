//! The MobilePay Invoice API: one function an endpoint, wire types, errors, user simulation.

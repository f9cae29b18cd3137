//! Reads the MCP servers that tools are asked of.

use std::sync::Arc;

use super::duration;
use super::reader::{Reader, Spot};
use super::shapes::SERVER;
use super::spec_reading::SpecReading;
use crate::engine::goal::Servers;
use crate::engine::launch::{Launch, Server};
use crate::tools::{mcp, program};

/// Reads the servers at `spot`.
pub(super) fn read(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Arc<Servers> {
    let mut servers = Servers::default();
    for (name, value) in reader.entries(spot, "an object: name → how the server is started") {
        let at = spot.field(name, value);
        let Some(object) = reader.object(&at, &SERVER) else { continue };
        let (mut launch, mut ready_ms) = (Launch { max_output: mcp::MAX_MESSAGE, ..program::launch() }, mcp::READY_MS);
        for (field, value) in object {
            let at = at.field(field, value);
            match field.as_str() {
                "timeout" => ready_ms = duration::read(reader, &at).unwrap_or(ready_ms),
                field => program::read_field(field, &mut SpecReading::new(reader, at), &mut launch),
            }
        }
        launch.server = Some(Server { name: name.as_str().into(), ready_ms });
        servers.insert(name.as_str().into(), Arc::new(launch));
    }
    Arc::new(servers)
}

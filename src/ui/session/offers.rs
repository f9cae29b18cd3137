//! What the MCP servers of the goal offer: asked for from the page about the tools, and taken in when it comes.

use tokio::sync::oneshot;

use crate::describe::tools::{Listed, Listing};
use crate::jq::Cancel;
use crate::ui::session::app::App;

/// What is known of it.
#[derive(Default)]
pub(crate) struct Servers {
    pub(crate) listing: Listing,
    asked: Option<Asked>,
}

/// A question that is under way; dropped, nobody waits for it any longer.
struct Asked {
    comes: oneshot::Receiver<Vec<Listed>>,
    cancel: Cancel,
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl App {
    /// Asks them.
    pub(super) fn list_servers(&mut self) -> Result<(), String> {
        let cancel = Cancel::new();
        let comes = self.driver.list_servers(cancel.clone())?;
        self.servers = Servers { listing: Listing::Asked, asked: Some(Asked { comes, cancel }) };
        Ok(())
    }

    /// Waits for what they say; for ever where nobody asked. May be dropped at any time.
    pub(super) async fn listed(servers: &mut Servers) -> Vec<Listed> {
        match &mut servers.asked {
            // Who asked them broke where it was dropped: then none of them says anything.
            Some(asked) => (&mut asked.comes).await.unwrap_or_default(),
            None => std::future::pending().await,
        }
    }

    /// Takes in what they said.
    pub(super) fn take_listing(&mut self, listed: Vec<Listed>) {
        self.servers = Servers { listing: Listing::Came(listed), asked: None };
    }

    /// Waits until they have answered, for tests.
    pub async fn wait_for_servers(&mut self) {
        let listed = App::listed(&mut self.servers).await;
        self.take_listing(listed);
    }

    /// Tells whether they have been asked and have not answered.
    pub fn is_listing(&self) -> bool {
        self.servers.asked.is_some()
    }
}

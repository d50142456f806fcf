//! COMMITs whose answers are lost on the way: what became of them is looked up, and without proof
//! nobody is refused.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};

use harness::{ANYWHERE, Reply, TestPanel};
use smm_panel_server::config::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What happens to the next COMMIT.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    /// The connection breaks before it arrives.
    NeverArrives,
    /// It arrives, and the connection breaks before the answer does.
    AnswerLost,
    /// The same, and from then on nothing arrives at all.
    AnswerLostAndNetworkDown,
}

/// A network between the panel and PostgreSQL that can be told to break.
#[derive(Clone)]
struct Network {
    /// What happens to the next COMMIT, if not what should.
    fate: Arc<Mutex<Option<Fate>>>,
    down: watch::Sender<bool>,
    address: SocketAddr,
}

impl Network {
    /// Puts itself before the database of `config`.
    fn before(config: &mut Config) -> Network {
        let url = config.database_url.expose().to_owned();
        let (head, rest) = url.split_once('@').unwrap();
        let (to, database) = rest.split_once('/').unwrap();
        let to: SocketAddr = to.parse().unwrap();
        let socket = std::net::TcpListener::bind(ANYWHERE).unwrap();
        socket.set_nonblocking(true).unwrap();
        let network = Network {
            fate: Arc::default(),
            down: watch::Sender::new(false),
            address: socket.local_addr().unwrap(),
        };
        let url = format!("{head}@{}/{database}", network.address);
        config.database_url = url.parse().unwrap();
        let listener = TcpListener::from_std(socket).unwrap();
        tokio::spawn(network.clone().serve(listener, to));
        network
    }

    fn next_commit(&self, fate: Fate) {
        *self.fate.lock().unwrap() = Some(fate);
    }

    async fn serve(self, listener: TcpListener, to: SocketAddr) {
        while let Ok((client, _)) = listener.accept().await {
            if *self.down.borrow() {
                continue;
            }
            let server = TcpStream::connect(to).await.unwrap();
            tokio::spawn(self.clone().carry(client, server));
        }
    }

    /// Carries bytes both ways until either end closes or the network breaks.
    async fn carry(self, mut client: TcpStream, mut server: TcpStream) {
        let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
        let mut down = self.down.subscribe();
        loop {
            tokio::select! {
                _ = down.changed() => return,
                read = client.read(&mut asked) => {
                    let Ok(count @ 1..) = read else { return };
                    let bytes = &asked[..count];
                    let commits = bytes.windows(6).any(|window| window == b"COMMIT");
                    let fate = commits.then(|| self.fate.lock().unwrap().take()).flatten();
                    if fate == Some(Fate::NeverArrives) {
                        return;
                    }
                    server.write_all(bytes).await.unwrap();
                    if fate.is_some() {
                        // The server has done it when it answers.
                        let answered = server.read(&mut answered).await.unwrap();
                        assert!(answered > 0);
                        if fate == Some(Fate::AnswerLostAndNetworkDown) {
                            self.down.send_replace(true);
                        }
                        return;
                    }
                }
                read = server.read(&mut answered) => {
                    let Ok(count @ 1..) = read else { return };
                    if client.write_all(&answered[..count]).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

async fn start() -> (TestPanel, Network) {
    let network = OnceLock::new();
    let panel = TestPanel::start_with(|config| {
        config.request_timeout_ms = 1_500;
        let made = network.set(Network::before(config));
        assert!(made.is_ok());
    })
    .await;
    (panel, network.into_inner().unwrap())
}

async fn place(panel: &TestPanel) -> Reply {
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "1000"),
        ("request_id", "R"),
    ];
    panel.v2(&fields).await
}

async fn stands_once(panel: TestPanel) {
    assert_eq!(panel.balance().await, "99.10");
    let orders = harness::texts(&panel, "SELECT link FROM orders").await;
    assert_eq!(orders, ["https://x.test/p"]);
    panel.finish().await;
}

#[apply(story_of_postgres)]
async fn an_order_whose_commit_was_done_is_acknowledged_although_the_answer_was_lost() {
    let (panel, network) = start().await;
    network.next_commit(Fate::AnswerLost);
    assert_eq!(place(&panel).await.order(), 1);
    stands_once(panel).await;
}

#[apply(story_of_postgres)]
async fn an_order_whose_commit_never_arrived_is_written_again() {
    let (panel, network) = start().await;
    network.next_commit(Fate::NeverArrives);
    assert_eq!(place(&panel).await.order(), 1);
    stands_once(panel).await;
}

#[apply(story_of_postgres)]
async fn without_proof_nobody_is_refused_and_the_repetition_gets_the_order() {
    let (panel, network) = start().await;
    network.next_commit(Fate::AnswerLostAndNetworkDown);
    let unknown = place(&panel).await;
    assert_eq!((unknown.status, unknown.body.as_str()), (503, ""));
    network.down.send_replace(false);
    loop {
        let repeated = place(&panel).await;
        if repeated.status == 200 {
            assert_eq!(repeated.order(), 1);
            break;
        }
        assert_eq!((repeated.status, repeated.body.as_str()), (503, ""));
    }
    stands_once(panel).await;
}

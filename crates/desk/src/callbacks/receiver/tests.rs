use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Notify;

use super::*;

/// Keeps what it hears. `slow` makes it end only when it is told to.
#[derive(Default)]
struct Shop {
    heard: Mutex<Vec<Events>>,
    strangers: AtomicUsize,
    slow: Option<Notify>,
    ended: Notify,
}

#[async_trait]
impl Ear for Shop {
    fn knows(&self, authorization: Option<&[u8]>) -> Option<Slot> {
        (authorization == Some(b"the-right-key")).then_some(Slot::First)
    }

    fn stranger(&self) {
        self.strangers.fetch_add(1, Ordering::SeqCst);
    }

    async fn take(&self, _: Slot, events: Events) -> bool {
        self.heard.lock().unwrap().push(events);
        if let Some(end) = &self.slow {
            end.notified().await;
        }
        self.ended.notify_one();
        true
    }
}

const QUICK: Limits = Limits {
    connections: 3,
    head: Duration::from_millis(100),
    whole: Duration::from_millis(300),
    storing: Duration::from_millis(50),
    burst: 1_000,
    per_second: 0,
};

/// Long enough that only a test that hangs reaches it.
const PATIENT: Limits = Limits {
    head: Duration::from_mins(1),
    whole: Duration::from_mins(1),
    ..QUICK
};

async fn open(limits: Limits, shop: Shop) -> (Receiver, Arc<Shop>) {
    let shop = Arc::new(shop);
    let ear = Arc::clone(&shop) as Arc<dyn Ear>;
    (Receiver::listen(0, ear, limits).await.unwrap(), shop)
}

async fn connect(receiver: &Receiver) -> TcpStream {
    TcpStream::connect((Ipv4Addr::LOCALHOST, receiver.port()))
        .await
        .unwrap()
}

/// Writes `text` and answers everything until the other side closes.
async fn say(receiver: &Receiver, text: &str) -> String {
    let mut caller = connect(receiver).await;
    caller.write_all(text.as_bytes()).await.unwrap();
    rest(&mut caller).await
}

async fn rest(caller: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = caller.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

fn post(key: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST /any/path HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or("none")
}

const PAID: &str = r#"[{"InvoiceId":"3c440dfb-b271-4d21-ad1c-f973f2c4f448","Status":"Paid","Sequence":2}]"#;

#[tokio::test]
async fn the_right_key_is_heard_and_answered_after_storing() {
    let (receiver, shop) = open(PATIENT, Shop::default()).await;
    let answer = say(&receiver, &post("the-right-key", PAID)).await;
    assert_eq!(status(&answer), "200");
    assert!(answer.to_ascii_lowercase().contains("connection: close"));
    assert_eq!(shop.heard.lock().unwrap()[0].events.len(), 1);
}

#[tokio::test]
async fn a_stranger_is_refused_before_the_body_is_read() {
    let (receiver, shop) = open(PATIENT, Shop::default()).await;
    // A body is announced and never sent.
    let mut caller = connect(&receiver).await;
    let head = "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: wrong\r\nContent-Length: 1000\r\n\r\n";
    caller.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(status(&rest(&mut caller).await), "401");
    let none = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(status(&say(&receiver, none).await), "401");
    let two = "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: the-right-key\r\nAuthorization: wrong\r\nContent-Length: 2\r\n\r\n[]";
    assert_eq!(status(&say(&receiver, two).await), "401");
    assert_eq!(shop.strangers.load(Ordering::SeqCst), 3);
    assert!(shop.heard.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_body_of_a_mebibyte_is_heard_and_a_byte_more_is_not() {
    let (receiver, shop) = open(PATIENT, Shop::default()).await;
    let padded = |length: usize| format!("{PAID}{}", " ".repeat(length - PAID.len()));
    let fits = say(&receiver, &post("the-right-key", &padded(LONGEST_CALLBACK))).await;
    let over = say(&receiver, &post("the-right-key", &padded(LONGEST_CALLBACK + 1))).await;
    assert_eq!((status(&fits), status(&over)), ("200", "413"));
    // One that only says so is not waited for.
    let huge =
        "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: the-right-key\r\nContent-Length: 9999999999\r\n\r\n";
    assert_eq!(status(&say(&receiver, huge).await), "413");
    assert_eq!(shop.heard.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_slow_head_and_a_slow_body_are_cut_off_and_keep_nobody_out_for_long() {
    let (receiver, shop) = open(QUICK, Shop::default()).await;
    let mut slow = Vec::new();
    // As many as there are places.
    for part in [
        "POST / HT",
        "POST / HTTP/1.1\r\nHost: x\r\nAuthor",
        &post("the-right-key", PAID)[..120],
    ] {
        let mut caller = connect(&receiver).await;
        caller.write_all(part.as_bytes()).await.unwrap();
        slow.push(caller);
    }
    assert_eq!(status(&say(&receiver, &post("the-right-key", PAID)).await), "200");
    for mut caller in slow {
        assert_ne!(status(&rest(&mut caller).await), "200");
    }
    assert_eq!(shop.heard.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn more_than_the_service_ever_sends_is_asked_to_come_again_and_strangers_use_up_nothing() {
    let limits = Limits { burst: 2, ..PATIENT };
    let (receiver, shop) = open(limits, Shop::default()).await;
    for _ in 0..5 {
        assert_eq!(status(&say(&receiver, &post("wrong", PAID)).await), "401");
    }
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(say(&receiver, &post("the-right-key", PAID)).await);
    }
    let statuses: Vec<&str> = answers.iter().map(|answer| status(answer)).collect();
    assert_eq!(statuses, ["200", "200", "429"]);
    assert!(answers[2].to_ascii_lowercase().contains("retry-after: 1"));
    assert_eq!(shop.heard.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_stored_in_time_is_answered_all_the_same_and_comes_again() {
    let shop = Shop {
        slow: Some(Notify::new()),
        ..Shop::default()
    };
    let (receiver, _) = open(QUICK, shop).await;
    assert_eq!(status(&say(&receiver, &post("the-right-key", PAID)).await), "503");
}

#[tokio::test]
async fn what_is_no_callback_is_refused() {
    let (receiver, shop) = open(PATIENT, Shop::default()).await;
    let get = "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: the-right-key\r\n\r\n";
    assert_eq!(status(&say(&receiver, get).await), "405");
    assert_eq!(
        status(&say(&receiver, &post("the-right-key", "<html>")).await),
        "400"
    );
    let long = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
        "a".repeat(LONGEST_HEAD)
    );
    assert_eq!(status(&say(&receiver, &long).await), "431");
    assert!(shop.heard.lock().unwrap().is_empty());
}

#[tokio::test]
async fn closing_frees_the_port_whoever_is_still_there() {
    let (receiver, _) = open(PATIENT, Shop::default()).await;
    let mut caller = connect(&receiver).await;
    caller.write_all(b"POST / HTTP/1.1\r\n").await.unwrap();
    let port = receiver.port();
    receiver.close().await;
    assert_eq!(rest(&mut caller).await, "");
    let again = Receiver::listen(port, Arc::new(Shop::default()), QUICK)
        .await
        .unwrap();
    assert_eq!(again.port(), port);
    let taken = Receiver::listen(port, Arc::new(Shop::default()), QUICK)
        .await
        .err()
        .unwrap();
    assert_eq!(taken.kind(), std::io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn what_is_stored_too_late_for_the_answer_is_brought_to_its_end() {
    let shop = Shop {
        slow: Some(Notify::new()),
        ..Shop::default()
    };
    let limits = Limits {
        storing: Duration::from_millis(50),
        ..PATIENT
    };
    let (receiver, shop) = open(limits, shop).await;
    assert_eq!(status(&say(&receiver, &post("the-right-key", PAID)).await), "503");
    shop.slow.as_ref().unwrap().notify_one();
    let ended = tokio::time::timeout(Duration::from_mins(1), shop.ended.notified());
    assert!(ended.await.is_ok(), "dropped with the answer");
}

//! Opens a session many times, for a profile.
use planscope::runtime::driver::session_of;
use planscope::runtime::journal;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let n: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let path = std::path::Path::new(&path);
    let mut a = std::time::Duration::ZERO;
    let mut b = std::time::Duration::ZERO;
    let mut c = std::time::Duration::ZERO;
    for _ in 0..n {
        let t = std::time::Instant::now();
        let recording = journal::look(path).unwrap();
        a += t.elapsed();
        let t = std::time::Instant::now();
        let planscope::engine::event::Event::Opened { source, folder, .. } = &recording.records[0].event else {
            panic!()
        };
        std::hint::black_box(planscope::goal_file::from_source(source, folder.as_deref()).unwrap());
        b += t.elapsed();
        let t = std::time::Instant::now();
        std::hint::black_box(session_of(recording.records, path).unwrap());
        c += t.elapsed();
    }
    eprintln!("read {:?} goal {:?} goal+fold {:?}", a / n as u32, b / n as u32, c / n as u32);
}

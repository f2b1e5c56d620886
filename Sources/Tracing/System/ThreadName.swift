import Glibc

/// The name of a thread, read again for each call by one system call.
///
/// The file is kept open for the first threads that send; beyond that the name is up to a second
/// old, so that many threads do not cost many descriptors.
struct ThreadName {
  private var file: Descriptor?
  private var text = ""
  private var bytes: [UInt8] = []
  /// CLOCK_MONOTONIC, nanoseconds.
  private var readTime: UInt64 = 0

  private static let maximumAge: UInt64 = 1_000_000_000

  mutating func read(_ tid: Int32) -> String {
    if file == nil {
      let now = Clock.monotonic()
      guard readTime == 0 || now &- readTime > Self.maximumAge else { return text }
      readTime = now
      let fd = unsafe open("/proc/\(tid)/comm", O_RDONLY | O_CLOEXEC)
      guard fd >= 0 else { return text }
      let opened = Descriptor(fd)
      update(from: opened)
      if opened.mayBeKept { file = opened }
    } else if let file {
      update(from: file)
    }
    return text
  }

  private mutating func update(from file: Descriptor) {
    // 15 bytes and a newline (proc_pid_comm(5)).
    var buffer: InlineArray<32, UInt8> = InlineArray(repeating: 0)
    let got = unsafe withUnsafeMutableBytes(of: &buffer) {
      unsafe pread(file.number, $0.baseAddress, $0.count, 0)
    }
    guard got > 0 else { return }
    let count = buffer[got - 1] == UInt8(ascii: "\n") ? got - 1 : got
    // A string is made only for a new name.
    if bytes.count == count, bytes.indices.allSatisfy({ bytes[$0] == buffer[$0] }) { return }
    bytes = (0..<count).map { buffer[$0] }
    text = String(decoding: bytes, as: UTF8.self)
  }
}

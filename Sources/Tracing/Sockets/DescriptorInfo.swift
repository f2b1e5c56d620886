import Glibc

/// What /proc/TID/fdinfo/FD says of a descriptor (proc_pid_fdinfo(5)).
struct DescriptorInfo {
  /// What open(2) and fcntl(2) know by these names; 0 where it is not said.
  var flags: Int32 = 0
  /// The mount that its file lies in: of sockets it is one for the whole machine (`sock_mnt`).
  var mount: UInt64?
  /// The inode of its file (since Linux 5.14).
  var inode: UInt64?

  /// `flags:\t02\nmnt_id:\t10\nino:\t4711\n`, among other lines.
  init(_ text: Span<UInt8>) {
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
      let line = text.extracting(start..<end)
      if let digits = line.digits(after: "flags:\t") {
        flags = Int32(truncatingIfNeeded: digits.number(radix: 8))
      } else if let digits = line.digits(after: "mnt_id:\t") {
        mount = digits.number(radix: 10)
      } else if let digits = line.digits(after: "ino:\t") {
        inode = digits.number(radix: 10)
        return
      }
      start = end + 1
    }
  }

  /// True where it stands for a place in the file tree only, which nothing can be sent by.
  var isPath: Bool { flags & Self.path != 0 }

  /// O_PATH
  private static let path: Int32 = 0o10_000_000
}

/// The open file of a descriptor: the kernel looks for the descriptor anew at each read
/// (`seq_show` in fs/proc/fd.c), so that what it says is never of one that was closed.
struct DescriptorInfoFile {
  let fd: Int32
  private let file: Descriptor

  init?(fd: Int32, tid: Int32) {
    let number = unsafe open("/proc/\(tid)/fdinfo/\(fd)", O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return nil }
    self.fd = fd
    file = Descriptor(number)
  }

  var mayBeKept: Bool { file.mayBeKept }

  /// Nil where the descriptor is closed, or the thread gone.
  func read() -> DescriptorInfo? {
    // What is of interest stands in front, in less than 100 bytes.
    var buffer: InlineArray<256, UInt8> = InlineArray(repeating: 0)
    let got = unsafe withUnsafeMutableBytes(of: &buffer) {
      unsafe pread(file.number, $0.baseAddress, $0.count, 0)
    }
    return got > 0 ? DescriptorInfo(buffer.span.extracting(first: got)) : nil
  }
}

extension Span<UInt8> {
  /// What follows `key`; nil where it does not begin with that.
  @_lifetime(copy self)
  fileprivate func digits(after key: StaticString) -> Span<UInt8>? {
    let length = key.utf8CodeUnitCount
    guard count >= length else { return nil }
    for index in 0..<length where unsafe self[index] != key.utf8Start[index] { return nil }
    return extracting(length..<count)
  }

  fileprivate func number(radix: UInt64) -> UInt64 {
    var value: UInt64 = 0
    for index in indices { value = value &* radix &+ UInt64(self[index] & 0xf) }
    return value
  }
}

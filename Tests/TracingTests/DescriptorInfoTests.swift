import Glibc
import Testing

@testable import Tracing

/// Descriptors of ours, as /proc tells of them.
struct DescriptorInfoTests {
  @Test func fieldsAreRead() {
    let text = "pos:\t0\nflags:\t02004002\nmnt_id:\t10\nino:\t18446744073709551615\nmore:\t7\n"
    let info = DescriptorInfo(Array(text.utf8).span)
    #expect(info.flags == 0o2_004_002)
    #expect(info.mount == 10)
    #expect(info.inode == .max)
    // Before Linux 5.14; and cut.
    let older = DescriptorInfo(Array("pos:\t0\nflags:\t02\nmnt_id:\t10\n".utf8).span)
    #expect(older.mount == 10)
    #expect(older.inode == nil)
    for text in ["", "\n", "flag", "flags:"] {
      let cut = DescriptorInfo(Array(text.utf8).span)
      #expect(cut.flags == 0)
      #expect(cut.mount == nil)
    }
  }

  /// The file stays open, and what it says is of what the descriptor has become.
  @Test func anOpenFileTellsOfTheDescriptorAsItIsNow() throws {
    let number = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    try #require(number >= 0)
    let file = try #require(DescriptorInfoFile(fd: number, tid: getpid()))
    let first = try #require(file.read())
    #expect(first.inode == ProcSockets.inode(fd: number, tid: getpid()))
    #expect(first.flags & O_NONBLOCK == 0)
    _ = fcntl(number, F_SETFL, O_NONBLOCK)
    #expect((file.read()?.flags ?? 0) & O_NONBLOCK != 0)
    let other = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    try #require(dup2(other, number) == number)
    _ = close(other)
    let second = try #require(file.read())
    #expect(second.inode != first.inode)
    #expect(second.mount == first.mount)
    _ = close(number)
    // Another test may open one by the same number at once.
    #expect(file.read()?.inode != second.inode)
  }

  @Test func whatIsNoSocketIsNone() throws {
    var sockets = ProcSockets()
    let (own, path, file) = (
      Descriptor(socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)),
      Descriptor(unsafe open("/proc/self", 0o10_000_000)),
      Descriptor(unsafe open("/dev/null", O_RDONLY))
    )
    func inode(_ descriptor: Descriptor) -> UInt64? {
      let info = DescriptorInfoFile(fd: descriptor.number, tid: getpid())?.read()
      return sockets.inode(info, fd: descriptor.number, tid: getpid())
    }
    for _ in 0..<2 {
      let found = inode(own)
      #expect(found == ProcSockets.inode(fd: own.number, tid: getpid()))
      #expect(found != nil)
      let others = [inode(path), inode(file)]
      #expect(others == [nil, nil])
    }
    let socketPath = Descriptor(unsafe open("/proc/self/fd/\(own.number)", 0o10_000_000))
    if socketPath.number >= 0 {
      let found = inode(socketPath)
      #expect(found == nil, "nothing can be sent by an O_PATH descriptor")
    }
  }
}

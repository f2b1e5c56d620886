import Decoding
import Glibc
import Testing

@testable import Tracing

/// Sockets of ours, which are asked themselves, and asked about from outside.
struct ProcSocketsTests {
  @Test func internetSocketsAreFoundAgain() throws {
    for (family, host) in [(AF_INET, "127.0.0.1"), (AF_INET6, "::1")] {
      let socket = try #require(Own(family, SOCK_DGRAM))
      let outside = Outside()
      // By /proc, by sock_diag(7), and where that finds it no more as its address is another.
      for peer in [nil, 4711, 4711, 4712, nil] as [UInt16?] {
        if let peer {
          try socket.connect(host, peer)
        } else {
          // Takes the port away, too, which the kernel chose.
          socket.disconnect()
          #expect(outside.describe(socket) == nil, "one that is not bound is not listed")
          try socket.bind(host)
        }
        let found = try #require(outside.describe(socket))
        #expect(found.family == UInt16(family))
        #expect(found.type == Int32(SOCK_DGRAM.rawValue))
        #expect(found.protocolNumber == 17)
        #expect(found.local.bytes == socket.localName)
        #expect(found.peer?.bytes == socket.peerName)
      }
    }
  }

  @Test func anotherInItsPlaceIsNotTakenForIt() throws {
    let outside = Outside()
    var socket = try #require(Own(AF_INET, SOCK_DGRAM))
    try socket.bind("127.0.0.1")
    let first = try #require(outside.describe(socket))
    let port = UInt16(first.local.storage[2]) << 8 | UInt16(first.local.storage[3])
    socket = try #require(Own(AF_INET, SOCK_DGRAM))
    try socket.bind("127.0.0.1", port)
    #expect(outside.lookUp(first) == nil)
    #expect(outside.describe(socket)?.inode == socket.inode)
  }

  @Test func lookupFindsWhatIsKnown() throws {
    let socket = try #require(Own(AF_INET, SOCK_DGRAM))
    let outside = Outside()
    try socket.bind("0.0.0.0")
    try socket.connect("127.0.0.1", 4711)
    let known = try #require(outside.describe(socket))
    #expect(outside.lookUp(known)?.peer?.bytes == socket.peerName)
    try socket.connect("127.0.0.1", 4712)
    #expect(outside.lookUp(known) == nil, "it hears of another peer now")
  }

  @Test(arguments: [SOCK_DGRAM, SOCK_STREAM, SOCK_SEQPACKET])
  func unixSockets(_ type: __socket_type) throws {
    let outside = Outside()
    var pair: [Int32] = [-1, -1]
    try #require(unsafe socketpair(AF_UNIX, Int32(type.rawValue), 0, &pair) == 0)
    let (one, other) = (Own(pair[0]), Own(pair[1]))
    // An abstract name may have any bytes.
    let name = [1, 0, 0] + Array("mmsgtrace \(getpid()) \(type.rawValue)".utf8) + [0, 0x40, 0x20]
    try one.bind(name)
    #expect(outside.describe(one)?.local.bytes == name)
    let found = try #require(outside.describe(other))
    #expect(found.type == Int32(type.rawValue))
    #expect(found.local.bytes == other.localName)
    #expect(found.peer?.bytes == name)
  }

  /// The kernel tells of no peer that was not accepted yet, or has closed, which name it has.
  @Test(arguments: [SOCK_STREAM, SOCK_SEQPACKET])
  func unixPeersNobodyTellsOf(_ type: __socket_type) throws {
    let outside = Outside()
    let listener = try #require(Own(AF_UNIX, type))
    let name = [1, 0, 0] + Array("mmsgtrace embryo \(getpid()) \(type.rawValue)".utf8)
    try listener.bind(name)
    try #require(listen(listener.number, 1) == 0)
    let socket = try #require(Own(AF_UNIX, type))
    let unconnected = try #require(outside.describe(socket))
    #expect(unconnected.peer == nil)
    try socket.connect(name)
    #expect(socket.peerName == name)
    let waiting = try #require(outside.describe(socket))
    #expect(waiting.peer?.bytes == [], "it is connected, and nobody tells to whom")
    var accepted: Own? = Own(accept(listener.number, nil, nil))
    try #require((accepted?.number ?? -1) >= 0)
    let whole = try #require(outside.describe(socket))
    #expect(whole.peer?.bytes == name)
    accepted = nil
    let left = try #require(outside.describe(socket))
    #expect(left.peer?.bytes == [])
    #expect(outside.describe(listener)?.peer == nil)
  }

  /// Of names with an `@` in front, and with a newline, the list does not say what they are.
  @Test(
    arguments: [
      ("0002 01 4711 /run/a socket", "/run/a socket\0"), ("0001 03 4711", ""),
      ("0001 01 4711  /x ", " /x \0"), ("0001 03 4711 @name", nil),
      ("0001 03 4711 /run/a\nsocket", nil), ("0001 03 4711 /run/a\n", nil),
    ])
  func listedUnixNames(_ rest: String, _ name: String?) throws {
    let head = "Num       RefCount Protocol Flags    Type St Inode Path\n"
    let line = "0000000000000000: 00000003 00000000 00000000 "
    let list = head + line + rest + "\n" + line + "0001 01    23 /run/b\n"
    for text in [list, head + line + rest + "\n"] {
      let found = try #require(ProcSockets.unixSocket(4711, in: Array(text.utf8)))
      let isConnected = rest.contains(" 03 ")
      #expect(found.local.bytes == name.map { [1, 0] + Array($0.utf8) } ?? [])
      #expect(found.peer?.bytes == (isConnected ? [] : nil))
    }
  }

  @Test func streams() throws {
    let listener = try #require(Own(AF_INET, SOCK_STREAM))
    try listener.bind("127.0.0.1")
    try #require(listen(listener.number, 1) == 0)
    let port = try #require(listener.localName).port
    let socket = try #require(Own(AF_INET, SOCK_STREAM))
    try socket.connect("127.0.0.1", port)
    let outside = Outside()
    for _ in 0..<2 {
      let found = try #require(outside.describe(socket))
      #expect(found.protocolNumber == 6)
      #expect(found.local.bytes == socket.localName)
      #expect(found.peer?.bytes == socket.peerName)
      #expect(outside.describe(listener)?.peer == nil)
    }
  }

  @Test func othersAreUnlisted() throws {
    let outside = Outside()
    let file = Own(unsafe open("/dev/null", O_RDONLY))
    #expect(ProcSockets.inode(fd: file.number, tid: getpid()) == nil)
    let alg = Own(socket(38, Int32(SOCK_SEQPACKET.rawValue), 0))
    if alg.number >= 0 { #expect(outside.describe(alg) == nil) }
  }
}

/// Mutating calls, which macros do not take.
private final class Outside {
  private var sockets = ProcSockets()
  private var lookup = SocketLookup()

  func describe(_ own: Own) -> SocketSnapshot? {
    let info = DescriptorInfoFile(fd: own.number, tid: getpid())?.read()
    guard let inode = sockets.inode(info, fd: own.number, tid: getpid()) else { return nil }
    return sockets.describe(fd: own.number, inode: inode, info, tid: getpid())
  }

  func lookUp(_ known: SocketSnapshot) -> SocketSnapshot? { lookup.find(known) }
}

/// A socket of ours, closed with its last reference.
private final class Own {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  convenience init?(_ family: Int32, _ type: __socket_type) {
    let number = socket(family, Int32(type.rawValue), 0)
    if number < 0 { return nil }
    self.init(number)
  }

  deinit { _ = close(number) }

  struct Failure: Error { var errno: Int32 }

  var inode: UInt64? { ProcSockets.inode(fd: number, tid: getpid()) }

  func bind(_ host: String, _ port: UInt16 = 0) throws {
    try bind(Self.address(host, port))
  }

  func bind(_ address: [UInt8]) throws { unsafe try pass(address, Glibc.bind) }

  func connect(_ host: String, _ port: UInt16) throws {
    try connect(Self.address(host, port))
  }

  func connect(_ address: [UInt8]) throws { unsafe try pass(address, Glibc.connect) }

  func disconnect() {
    unsafe try? pass([UInt8](repeating: 0, count: 16), Glibc.connect)
  }

  var localName: [UInt8]? { unsafe name(getsockname) }
  var peerName: [UInt8]? { unsafe name(getpeername) }

  private typealias Getter = (
    Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?
  ) -> Int32

  /// Nil where it has none.
  private func name(_ getter: Getter) -> [UInt8]? {
    var address = [UInt8](repeating: 0, count: 128)
    var size = socklen_t(address.count)
    let result = unsafe address.withUnsafeMutableBytes { bytes in
      unsafe bytes.withMemoryRebound(to: sockaddr.self) {
        unsafe getter(number, $0.baseAddress, &size)
      }
    }
    return result == 0 ? Array(address.prefix(Int(size))) : nil
  }

  private func pass(
    _ address: [UInt8], _ call: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32
  ) throws {
    let result = unsafe address.withUnsafeBytes { bytes in
      unsafe bytes.withMemoryRebound(to: sockaddr.self) {
        unsafe call(number, $0.baseAddress, socklen_t(address.count))
      }
    }
    if result != 0 { throw Failure(errno: errno) }
  }

  private static func address(_ host: String, _ port: UInt16) -> [UInt8] {
    let isIPv4 = !host.contains(":")
    var bytes = [UInt8](repeating: 0, count: isIPv4 ? 4 : 16)
    _ = unsafe inet_pton(isIPv4 ? AF_INET : AF_INET6, host, &bytes)
    return SocketAddressBytes(
      internet: UInt16(isIPv4 ? AF_INET : AF_INET6),
      port: [UInt8(port >> 8), UInt8(port & 0xff)], host: bytes[...]
    ).bytes
  }
}

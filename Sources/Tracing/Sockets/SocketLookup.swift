import Decoding
import Glibc

/// What sock_diag(7) says of a socket that is known from before, or of one of AF_UNIX: of these
/// that are in our own network namespace, and found by what is known of them.
struct SocketLookup {
  private var link: SocketDiagLink?
  private var isRefused = false

  /// The socket as it is now; nil where it is not found, or another is in its place.
  mutating func find(_ known: SocketSnapshot) -> SocketSnapshot? {
    guard let body = ask(for: known), body.count >= 72, body.uint32(at: 68) == known.shortInode
    else { return nil }
    // struct inet_diag_msg: family 0:1  …  sport 4:2  dport 6:2  src 8:16  dst 24:16
    let bytes = Array(body)
    let hostSize = bytes[0] == UInt8(AF_INET) ? 4 : 16
    func address(port: Int, host: Int) -> SocketAddressBytes {
      SocketAddressBytes(
        internet: UInt16(bytes[0]), port: bytes[port..<port + 2],
        host: bytes[host..<host + hostSize])
    }
    guard UInt16(bytes[0]) == known.family else { return nil }
    var found = known
    found.local = address(port: 4, host: 8)
    // Without a port it is not connected: a host may be left from before (inet6_getname).
    let isConnected = bytes[6..<8].contains { $0 != 0 }
    found.peer = isConnected ? address(port: 6, host: 24) : nil
    return found
  }

  /// An AF_UNIX socket; nil where it is not found.
  mutating func findUnix(_ inode: UInt64) -> SocketSnapshot? {
    let short = UInt32(truncatingIfNeeded: inode)
    // struct unix_diag_msg: family 0:1  type 1:1  state 2:1  ino 4:4  cookie 8:8
    guard let body = ask(SocketDiagLink.unixRequest(short)), body.uint32(at: 4) == short,
      body.count >= 16
    else { return nil }
    let attributes = body.dropFirst(16)
    var found = SocketSnapshot(
      family: UInt16(AF_UNIX), type: Int32(body[body.startIndex + 1]), protocolNumber: 0,
      inode: inode, nonblocking: false, local: .unix(attributes.attribute(Self.name)), peer: nil)
    guard let peer = attributes.attribute(Self.peer)?.uint32(at: 0) else { return found }
    // It is connected. A peer that was not accepted yet, or has closed, has the inode 0, and one in
    // another network namespace is not found (`sk_diag_dump_peer`, `unix_lookup_by_ino`).
    found.peer = SocketAddressBytes()
    if peer != 0, let other = ask(SocketDiagLink.unixRequest(peer)), other.uint32(at: 4) == peer {
      found.peer = .unix(other.dropFirst(16).attribute(Self.name))
    }
    return found
  }

  // UNIX_DIAG_NAME, UNIX_DIAG_PEER
  private static let name: UInt16 = 0
  private static let peer: UInt16 = 2

  private mutating func ask(for known: SocketSnapshot) -> ArraySlice<UInt8>? {
    let local = known.local.bytes
    guard let number = UInt8(exactly: known.protocolNumber) else { return nil }
    let nobody = local.prefix(2) + [UInt8](repeating: 0, count: max(local.count - 2, 0))
    let peer = known.peer?.bytes ?? Array(nobody)
    // A datagram goes from the peer to the socket; a stream is asked for from its own end.
    let isDatagram = known.type == Int32(SOCK_DGRAM.rawValue)
    return SocketDiagLink.request(
      protocolNumber: number, isDatagram ? peer : local, isDatagram ? local : peer, interface: 0
    ).flatMap { ask($0) }
  }

  private mutating func ask(_ request: [UInt8]) -> ArraySlice<UInt8>? {
    if link == nil, !isRefused {
      link = SocketDiagLink()
      isRefused = link == nil
    }
    guard case .found(let body) = link?.ask(request) else { return nil }
    return body
  }
}

extension SocketSnapshot {
  /// What sock_diag(7) has of it.
  fileprivate var shortInode: UInt32 { UInt32(truncatingIfNeeded: inode) }
}

extension SocketAddressBytes {
  /// A whole `sockaddr_in` or `sockaddr_in6`.
  init(internet family: UInt16, port: some Sequence<UInt8>, host: some Sequence<UInt8>) {
    let head = [UInt8(truncatingIfNeeded: family), 0] + port
    let isIPv4 = Int32(family) == AF_INET
    self.init(
      isIPv4
        ? head + host + [UInt8](repeating: 0, count: 8)
        : head + [0, 0, 0, 0] + host + [0, 0, 0, 0])
  }

  /// A `sockaddr_un` of as many bytes as the name has.
  fileprivate static func unix(_ name: ArraySlice<UInt8>?) -> SocketAddressBytes {
    SocketAddressBytes([UInt8(AF_UNIX), 0] + (name ?? []))
  }
}

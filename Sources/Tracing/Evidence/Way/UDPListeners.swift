import Decoding
import Glibc

/// UDP sockets of a network namespace, as they are listed in /proc (proc_pid_net(5)).
enum UDPListeners {
  /// Whether one of them takes what is sent to `destination` from `source`, both whole addresses of
  /// one family (`compute_score` in net/ipv4/udp.c and net/ipv6/udp.c), in the network namespace
  /// that this thread is in; nil where that cannot be read.
  static func exist(
    for destination: [UInt8], from source: [UInt8], _ lookup: inout UDPLookup
  ) -> Bool? {
    lookup.finds(destination, from: source) ?? areListed(for: destination, from: source)
  }

  /// The same, as they are listed. Whether a socket of IPv6 takes datagrams of IPv4 too is not
  /// listed: it is believed to.
  private static func areListed(for destination: [UInt8], from source: [UInt8]) -> Bool? {
    let isIPv4 = destination.family == AF_INET
    let tables: [(name: String, family: UInt16)] =
      isIPv4 ? [("udp", 2), ("udp6", 10)] : [("udp6", 10)]
    for table in tables {
      let path = "/proc/thread-self/net/\(table.name)"
      guard let text = ProcFile.text(path) else {
        // Without IPv6 there is no second list; one too long to be read tells nothing.
        if isIPv4, table.family == 10, unsafe access(path, F_OK) != 0 { continue }
        return nil
      }
      for line in text.split(separator: "\n").dropFirst() {
        // sl local_address rem_address …
        let fields = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true)
        guard fields.count > 2,
          let local = ProcSockets.address(fields[1], family: table.family)?.bytes,
          let peer = ProcSockets.address(fields[2], family: table.family)?.bytes
        else { continue }
        if takes(destination, local), hears(source, peer) { return true }
      }
    }
    return false
  }

  /// True where a socket that is bound to `local` takes what is sent to `destination`.
  private static func takes(_ destination: [UInt8], _ local: [UInt8]) -> Bool {
    destination.port == local.port
      && (local.isAnyAddress || (local.asIPv4 ?? local).host == destination.host)
  }

  /// True where a socket with this peer takes what `source` sends: one that is connected takes
  /// nothing of others.
  private static func hears(_ source: [UInt8], _ peer: [UInt8]) -> Bool {
    if peer.port == 0 || source.count < 4 { return true }
    return source.port == peer.port
      && (source.isAnyAddress || (peer.asIPv4 ?? peer).host == source.host)
  }
}

// `sockaddr_in` and `sockaddr_in6`.
extension [UInt8] {
  /// The bytes of the IP address.
  var host: ArraySlice<UInt8> {
    switch family {
    case AF_INET where count >= 8: self[4..<8]
    case AF_INET6 where count >= 24: self[8..<24]
    default: []
    }
  }

  /// INADDR_ANY or `in6addr_any`.
  fileprivate var isAnyAddress: Bool { host.allSatisfy { $0 == 0 } }
}

/// Netlink sockets of the network namespace that this thread is in.
enum NetlinkPorts {
  /// Whether a socket of the protocol has `port`; nil where that cannot be read.
  static func isBound(_ port: UInt32, protocolNumber: Int32) -> Bool? {
    guard let text = ProcFile.text("/proc/thread-self/net/netlink") else { return nil }
    for line in text.split(separator: "\n").dropFirst() {
      // sk Eth Pid Groups …
      let fields = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true)
      if fields.count > 2, Int32(fields[1]) == protocolNumber, UInt32(fields[2]) == port {
        return true
      }
    }
    return false
  }
}

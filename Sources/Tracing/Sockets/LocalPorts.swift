/// The ports from which the kernel chooses where a socket asks for none (ip_local_port_range,
/// ip(7)).
package enum LocalPorts {
  /// Those of the network namespace of process `pid`, or of ours where that is nil; nil where they
  /// cannot be read.
  package static func range(of pid: Int32?) -> ClosedRange<UInt16>? {
    guard let pid else { return read() }
    var range: ClosedRange<UInt16>?
    // What the file says depends on the namespace of the thread that reads it.
    NetworkNamespaces().inside(networkOf: -1, of: pid) { _ in range = read() }
    return range
  }

  private static func read() -> ClosedRange<UInt16>? {
    ProcFile.text("/proc/sys/net/ipv4/ip_local_port_range").flatMap { range($0) }
  }

  /// `32768	60999`, for both versions of IP.
  static func range(_ text: String) -> ClosedRange<UInt16>? {
    let ends = text.split { $0 == "\t" || $0 == " " || $0 == "\n" }.map { UInt16($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last else {
      return nil
    }
    return first...last
  }
}

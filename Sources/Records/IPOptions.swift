/// The options of an IPv4 packet (RFC 791, section 3.1).
package enum IPOptions {
  /// True where a loose or strict source route is among them.
  package static func haveSourceRoute(_ options: some Collection<UInt8>) -> Bool {
    var rest = options[...]
    // IPOPT_END, IPOPT_NOOP, IPOPT_LSRR, IPOPT_SSRR
    while let type = rest.first, type != 0 {
      if type == 131 || type == 137 { return true }
      guard type != 1 else {
        rest = rest.dropFirst()
        continue
      }
      guard let length = rest.dropFirst().first, length >= 2 else { return false }
      rest = rest.dropFirst(Int(length))
    }
    return false
  }
}

import Glibc
import Records

/// The rules of routing (ip-rule(8)) that look at what no socket of ours has as the sender's has
/// it: its port, its user and its protocol.
enum RoutingRules {
  /// Corrects what connect(2) of a UDP socket of ours has said of the way. Returns what
  /// rtnetlink(7) says of it, where that is of the same one.
  static func follow(
    _ binding: SocketBinding, _ probe: borrowing ProbeSocket, to destination: [UInt8],
    from source: [UInt8], into found: inout RouteState
  ) -> RouteQuery.Answer? {
    let isIPv4 = destination.family == AF_INET
    // IP_MULTICAST_IF, of which an address is known, and no index.
    if isIPv4, destination[4] & 0xf0 == 0xe0, binding.multicast4 != 0 { return nil }
    guard let answer = RouteQuery.answer(to: destination, from: source, binding) else {
      found.isForOthers = true
      return nil
    }
    let exact = answer.route
    guard exact.refusal != found.refusal else { return answer }
    // connect(2) chooses a source and looks for the way once more with it; `udp_sendmsg` does not.
    if !isIPv4 || source.namesHost || binding.staysOnLink {
      // What cannot be asked for, as ways that stay on the link and sources that are not the
      // host's, shows where the same question about our socket gets another answer.
      let ours = RouteQuery.route(
        to: destination, from: source, binding.followed(by: probe))
      guard ours?.refusal == found.refusal else {
        found.isForOthers = ours?.refusal != exact.refusal
        return nil
      }
    }
    found.refusal = exact.refusal
    if exact.refusal != nil { found.isBroadcast = false }
    return answer
  }
}

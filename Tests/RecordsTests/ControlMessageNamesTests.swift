import Records
import Testing

@Suite struct ControlMessageNamesTests {
  @Test(
    arguments: [
      (1, 1, "SOL_SOCKET", "SCM_RIGHTS", "what everybody sends"),
      (0, 8, "SOL_IP", "IP_PKTINFO", "SOL_IP, not IPPROTO_IP"),
      (41, 67, "SOL_IPV6", "IPV6_TCLASS", "likewise"),
      (17, 103, "SOL_UDP", "UDP_SEGMENT", "GSO"),
      (132, 0, "SOL_SCTP", "SCTP_INIT", "a type of 0"),
      (287, 1, "SOL_VSOCK", "1", "a level without types"),
      (17, 999, "SOL_UDP", "999", "an unknown type"),
      (999, 1, "999", "1", "an unknown level: its types have no names"),
      (-1, -2, "-1", "-2", "numbers are signed"),
      (Int32.min, Int32.max, "-2147483648", "2147483647", "as large as they come"),
    ] as [(Int32, Int32, String, String, Comment)])
  func names(level: Int32, type: Int32, levelName: String, typeName: String, reason: Comment) {
    let message = ControlMessage(
      level: level, type: type, length: 16, data: [], status: nil, why: nil)
    #expect(message.levelName == levelName, reason)
    #expect(message.typeName == typeName, reason)
  }
}

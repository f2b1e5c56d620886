import Records
import Testing

/// The reason of a control message, which records give in one sentence.
@Suite struct ControlMessageReasonTests {
  @Test(arguments: [
    ("EINVAL: cmsg_len is more than is left", 22 as Int32?, "cmsg_len is more than is left"),
    (
      "not looked at: control message 0 is rejected", nil,
      "not looked at: control message 0 is rejected"
    ),
    (
      "EWOULDBLOCK: a synonym is no name of a record", nil,
      "EWOULDBLOCK: a synonym is no name of a record"
    ),
    ("EINVAL:no space", nil, "EINVAL:no space"),
    ("EPERM: ", 1, ""),
    ("", nil, ""),
  ])
  func readsAgainAsItWas(sentence: String, errno: Int32?, text: String) {
    var message = ControlMessage(
      level: 1, type: 1, length: 16, data: [], status: .rejected, why: sentence)
    #expect(message.reason?.errno?.rawValue == errno)
    #expect(message.reason?.text == text)
    #expect(message.why == sentence)
    message.why = nil
    #expect(message.reason == nil)
  }
}

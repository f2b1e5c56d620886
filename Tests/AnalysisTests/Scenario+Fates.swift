import Analysis
import Records

extension Scenario {
  /// What becomes of the messages of a call that sent the first one alone, and is followed by
  /// `sends` of which each goes out as far as `sent` says. The trace keeps eight bytes of each
  /// message, and all are compared.
  static func fates(
    of texts: [String], behind sends: [[String]], sent: Int? = nil, to port: UInt16 = 1000,
    on inode: UInt64 = 1
  ) -> [String] {
    var settings = FollowUpTracker.Settings()
    settings.payloadLimit = 8
    var scenario = Scenario(settings)
    scenario.readsContents = true
    let name = Sketch.inet(0x7f00_0001, port: port)
    return scenario.play(
      [.offers(texts.map { Sketch($0) }, 1)]
        + sends.map { send in
          .offers(send.map { Sketch($0, to: name) }, sent ?? send.count, inode: inode)
        }
        + [.event(.exited)])
  }
}

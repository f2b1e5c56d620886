import Analysis

/// Saved traces that are read one behind the other.
struct SavedTraces {
  let all: [SavedTrace]

  init(_ paths: [String]) { all = paths.map { SavedTrace(path: $0) } }

  /// False where none of them can be found.
  var isThere: Bool { all.contains { $0.isThere } }

  /// In bytes; nil where one is no regular file.
  var size: UInt64? {
    var total: UInt64 = 0
    for trace in all {
      guard let size = trace.size else { return nil }
      total &+= size
    }
    return total
  }

  /// Reads what can be read, as long as somebody takes it; false where that is not all.
  ///
  /// What is wrong with a trace is said behind its records; what is only remarkable, as that there
  /// should be more of them, is not said where `quiet` is 2 or more.
  func read<Sink: TraceSink & ~Copyable>(
    into sink: inout Sink, showsProgress: Bool = true, quiet: Int = 0
  ) -> Bool {
    var progress = ProgressLine(isShown: showsProgress, total: size)
    var isReadable = true
    var openEnded: SavedTrace?
    var wholeness = TraceWholeness()
    for trace in all where sink.isOpen {
      if all.count > 1 { sink.enter(trace) }
      let known = wholeness.gaps.count
      let end = trace.read(into: &sink, &wholeness, &progress)
      sink.flush()
      progress.clear()
      if let openEnded, !end.continues, quiet < 2 { openEnded.sayOpenEnded() }
      openEnded = end.isOpenEnded ? trace : nil
      for remark in end.remarks where end.isFailure || quiet < 2 {
        Diagnostics.say("\(trace.name): \(remark)")
      }
      for warning in wholeness.gaps.dropFirst(known).compactMap(\.warning) where quiet < 2 {
        Diagnostics.say("\(trace.name): \(warning)")
      }
      isReadable = isReadable && !end.isFailure
    }
    progress.clear()
    if let openEnded, quiet < 2 { openEnded.sayOpenEnded() }
    return isReadable
  }
}

/// How the messages of a call were recognized in what followed, and what stands in the way.
struct Recognition {
  /// The first send that may have sent some, and how many more there are.
  struct Doubt {
    var name: String
    /// What is said of it; nil where no more is known than that it may have.
    var why: String?
    var others = 0
  }

  /// How what followed on a stream was recognized, or why it was not.
  var streamWhy: String?
  /// True where less was compared of what followed on a stream than was taken up.
  var isBegunOnly = false
  /// Messages that were taken up in other pieces than those of the call.
  var reshaped: Set<Int> = []
  /// Messages that were taken up with the control messages that they had.
  var takenExactly: Set<Int> = []
  /// Messages that others of the same first bytes may have been taken for.
  var unsure: Set<Int> = []
  /// True where it was by their order only that messages were told apart.
  var reliesOnOrder = false
  var doubt: Doubt?
  /// Messages that had been sent, and stand beside what was taken up too late for a second try.
  var repeated: Set<Int> = []
  /// The first send of which messages may be new ones that are the same.
  var lookalikeWhy: String?

  /// A send may have sent some.
  mutating func note(_ doubt: Doubt) {
    if self.doubt == nil { self.doubt = doubt } else { self.doubt?.others += 1 }
  }

  /// Of what comes now the reasons are to tell.
  mutating func beginAnew() { (reliesOnOrder, streamWhy, doubt, repeated) = (false, nil, nil, []) }
}

/// What the first start says to do next.
enum StartGuide {
    static func text(controlSocket: String, proxyURL: String) -> String {
        """

        The broker is ready; its data directory is new. In another terminal:

          export TACIT_URL=unix:\(controlSocket)
          tacit account create alice      # a passphrase, and a recovery code shown once
          export TACIT_ACCOUNT=alice
          tacit enroll openai             # asks for the key; it never comes back out
          tacit run -- python3 chat.py    # OPENAI_BASE_URL is \(proxyURL)/openai/v1

        """
    }
}

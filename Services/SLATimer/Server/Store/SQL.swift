/// Statements whose query plan a test asserts: somebody waits for them, or they run often.
enum SQL {}

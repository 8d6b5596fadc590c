import Mail
import Testing

@Suite("New text") struct NewTextTests {
    @Test(
        "Quoted history goes, in every language that we meet",
        arguments: [
            "On Mon, 4 Mar 2024 at 10:00, Desk <help@desk.example> wrote:\n> old",
            "Am 04.03.2024 um 10:00 schrieb Desk <help@desk.example>:\n> old",
            "Le lun. 4 mars 2024 à 10:00, Desk <help@desk.example> a écrit :\n> old",
            "El lun, 4 mar 2024 a las 10:00, Desk (<help@desk.example>) escribió:\n> old",
            "пн, 4 мар. 2024 г. в 10:00, Desk <help@desk.example>:\n> old",
            "4 марта 2024, 10:00 +03:00 от Desk <help@desk.example> пишет:\n> old",
            "pon., 4 mar 2024 o 10:00 Desk <help@desk.example> napisał(a):\n> old",
            "Στις Δευ 4 Μαρ 2024 στις 10:00, ο χρήστης Desk <help@desk.example> έγραψε:\n> old",
            "-----Original Message-----\nFrom: Desk\nold", "-----Ursprüngliche Nachricht-----\nVon: Desk\nold",
            "-----Message d'origine-----\nold", "-----Исходное сообщение-----\nold", "-----Αρχικό μήνυμα-----\nold",
            "________________________________\nVon: Desk\nGesendet: Montag\nAn: Ann\nBetreff: x\n\nold",
            "De: Desk\nEnviado el: lunes\nPara: Ann\nAsunto: x\n\nold",
            "От: Desk\nОтправлено: понедельник\nКому: Ann\nТема: x\n\nold",
            "Από: Desk\nΣτάλθηκε: Δευτέρα\nΠρος: Ann\nΘέμα: x\n\nold",
            "-- \nAnn\nExample Ltd", "--\nAnn", "Sent from my iPhone", "Von meinem iPhone gesendet", "> old\n> older",
            "Sent from my iPhone\n\nOn 4 Mar 2024, at 10:00, Desk\n<help@desk.example> wrote:\n\n> old",
        ])
    func history(tail: String) {
        #expect(newText("My answer.\n\nTwo lines.\n\n" + tail) == "My answer.\n\nTwo lines.")
    }

    @Test(
        "What is not history stays",
        arguments: [
            "I wrote: nothing works.", "Here is a list:\n- one\n- two", "Sent from my desk, it is easier.",
            "From: here to there\nit is far", "a -- b",
            "Look:\n\n---------- Forwarded message ---------\nFrom: B\nDate: x\nSubject: y\n\nold",
        ])
    func kept(text: String) {
        #expect(newText(text) == text)
    }

    @Test("An answer below the quote shows the answer; answers between quotes show both")
    func bottom() {
        #expect(newText("On 4 Mar 2024, Desk wrote:\n> old\n> older\n\nMy answer.") == "My answer.")
        let between = "> one?\nYes.\n> two?\nNo."
        #expect(newText(between) == between)
    }

    @Test("A mail of quotes alone shows all of it")
    func quotesAlone() {
        #expect(newText("> old") == "> old")
        #expect(newText("-- \nAnn") == "-- \nAnn")
    }

    private func newText(_ text: String) -> String {
        MailParser.parse(.mail("Content-Type: text/plain; charset=utf-8\n\n" + text)).newText
    }
}

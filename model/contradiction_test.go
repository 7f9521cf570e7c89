package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestCorrectionsThatContradict: a corrected time that cannot be right beside another one is
// asked about, as the time itself would have been.
func TestCorrectionsThatContradict(t *testing.T) {
	k := led(t)
	k.wait(time.Hour) // 15:00
	k.mustType("bo", ":exposure suspected @14:30 gdpr names")
	k.mustType("bo", ":notify gdpr @14:50 DPA, portal")
	notice := k.room.Seq
	k.mustType("bo", ":asset host web3 confirmed @14:20", ":asset 1 contained @14:40")
	contained := k.room.Seq
	k.mustType("bo", ":impact start @14:10 logins fail", ":impact end @14:45")
	ended := k.room.Seq
	for seq, want := range map[uint64]string{
		notice: "the notice for GDPR (2026-11-21 13:00:00 UTC) is before the clock began (2026-11-21 14:30:00 UTC)",
		contained: "the containment of asset 1 (2026-11-21 13:00:00 UTC) is before it was compromised " +
			"(2026-11-21 14:20:00 UTC)",
		ended: "is before its start (2026-11-21 14:10:00 UTC)",
	} {
		line := fmt.Sprintf(":time %d @13:00 mistyped", seq)
		_, err := k.typed("bo", line)
		tail := "; correct one of them, or give a reason to keep both in the report: :time " + fmt.Sprint(seq) +
			" @TIME because REASON"
		if err == nil || !strings.Contains(err.Error(), want+tail) {
			t.Errorf("%s: got %v, want %q", line, err, want+tail)
		}
		k.mustType("bo", ":time "+fmt.Sprint(seq)+" @14:48 mistyped")
		k.mustType("bo", ":time "+fmt.Sprint(seq)+" @13:00 because the mail server's clock is right")
	}
}

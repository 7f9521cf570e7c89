package ui_test

import (
	"testing"

	"warroom/ui/uitest"
)

func TestTry(t *testing.T) {
	h, _ := busy(t)
	term := uitest.Open(t, h, "bo", 80, 24)
	term.See("runner isolated")
	t.Log("\n" + term.Text())
	term2 := uitest.Open(t, h, "bo", 120, 40)
	term2.See("runner isolated")
	t.Log("\n" + term2.Text())
}

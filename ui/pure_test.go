package ui

import "testing"

func TestKeyTableIsSound(t *testing.T) {
	keys := allRows()
	for i, b := range keys {
		if b.Help.IsEmpty() != b.Key.IsEmpty() {
			t.Errorf("row %d: help %q for key %q", i, b.Help, b.Key)
		}
		if b.Do == nil && len(b.On) > 0 {
			t.Errorf("row %d (%s) does nothing", i, b.Key)
		}
		for j, o := range keys[:i] {
			for _, c := range b.On {
				for _, d := range o.On {
					if c == d && b.In&o.In != 0 {
						t.Errorf("rows %d (%s) and %d (%s) both take %v", j, o.Key, i, b.Key, c)
					}
				}
			}
		}
	}
}

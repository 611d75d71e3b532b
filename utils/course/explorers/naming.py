"""Names for a screen reader: ipywidgets gives none to the handles of its sliders and to the buttons of its Play."""

import ipywidgets as widgets

# An image that cannot be loaded runs this in the page, as soon as the explorer around it is there: each handle is
# named as its slider, each button as the words that the style sheet of the explorer writes beside its icon.
_SCRIPT = """
const name = box => {
    for (const slider of box.querySelectorAll('.widget-slider'))
        for (const handle of slider.querySelectorAll('.noUi-handle, .ui-slider-handle'))
            handle.setAttribute('aria-label', slider.querySelector('.widget-label').textContent);
    for (const icon of box.querySelectorAll('.widget-play button > i'))
        icon.parentNode.setAttribute('aria-label', getComputedStyle(icon, '::after').content.slice(1, -1));
};
const begin = tries => {
    const box = this.closest('.course-explorer');
    if (box) {
        const what = {subtree: true, childList: true, attributeFilter: ['class']};
        new MutationObserver(() => name(box)).observe(box, what);
        name(box);
    } else if (tries) setTimeout(begin, 100, tries - 1);
};
begin(100);
"""


def names() -> widgets.HTML:
    """A widget that no one sees, to stand among the children of an explorer."""
    return widgets.HTML(f'<img alt="" src="data:," onerror="{_SCRIPT}">', layout={"display": "none"})

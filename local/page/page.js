// The playground's page: uploads what is dropped or chosen, and shows what the server says of each photo.

const drop = document.querySelector('#drop');
const input = document.querySelector('#files');
const list = document.querySelector('#photos');
const status = document.querySelector('#status');
const cards = new Map();

const messages = {
  waiting: () => 'Being looked at…',
  unlabelled: () => 'In the bucket without labels.',
  classified: ({ labels, general }) =>
    general
      ? `In general: ${general.label.replaceAll('_', ' ')}, ${percent(general.score)}`
      : labels.length === 0
        ? 'No label reaches the least score.'
        : '',
  rejected: ({ reason }) => `Rejected. ${reason}`,
  failed: ({ reason }) => `Failed. ${reason}`,
};

const upload = async (files) => {
  status.textContent = '';
  for (const file of files) {
    const response = await fetch(photoUrl(file.name), { method: 'PUT', body: file }).catch(() => undefined);
    if (response?.ok) continue;
    const reason = response ? await response.text() : 'the playground does not answer';
    status.textContent = `${file.name} was not uploaded: ${reason}`;
  }
};

const photoUrl = (key) => `/photos/${key.split('/').map(encodeURIComponent).join('/')}`;

/** Fills the photo's card, which moves to the front when the photo is new. */
const show = (photo) => {
  const isUpload = photo.status === 'waiting' || !cards.has(photo.key);
  const card = cards.get(photo.key) ?? createCard(photo.key);
  if (isUpload) {
    list.prepend(card);
    showPicture(card.querySelector('img'), photo.key);
  }
  card.className = `card ${photo.status}`;
  card.setAttribute('aria-busy', String(photo.status === 'waiting'));
  card.querySelector('.message').textContent = messages[photo.status](photo);
  card.querySelector('dl').replaceChildren(...(photo.labels ?? []).map(createLabel));
};

const createCard = (key) => {
  const card = document.querySelector('#card').content.cloneNode(true).firstElementChild;
  card.querySelector('.key').textContent = key;
  cards.set(key, card);
  return card;
};

const showPicture = (image, key) => {
  image.className = '';
  image.onerror = () => {
    image.className = 'unseen';
  };
  // Another address each time: the photo may have been replaced.
  image.src = `${photoUrl(key)}?${Date.now()}`;
};

const createLabel = ({ label, score }) => {
  const row = document.querySelector('#label').content.cloneNode(true);
  row.querySelector('dt').textContent = label.replaceAll('_', ' ');
  row.querySelector('meter').value = score;
  row.querySelector('.score').textContent = percent(score);
  return row;
};

const percent = (score) => `${(score * 100).toFixed(1)} %`;

input.addEventListener('change', () => {
  upload([...input.files]);
  input.value = '';
});

// Anywhere on the page: a photo that misses the field must not replace the page.
addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.classList.add('over');
});
addEventListener('dragleave', () => drop.classList.remove('over'));
addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  upload([...event.dataTransfer.files]);
});

// The browser connects again by itself, and is then told everything anew.
const events = new EventSource('/events');
events.addEventListener('message', ({ data }) => show(JSON.parse(data)));
events.addEventListener('open', () => {
  status.textContent = '';
});
events.addEventListener('error', () => {
  status.textContent = 'The playground does not answer. Has it ended?';
});

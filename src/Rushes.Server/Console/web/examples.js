// Prompts to start from, by the kind of model.
export const examples = {
  'text-to-video': [
    'A paper boat drifting on a calm sea at sunset, golden light, gentle waves',
    'Neon signs mirrored in a rainy street at night, slow camera move',
    'A fox walking through tall grass in morning fog',
  ],
  'image-to-video': ['She turns to the camera and smiles', 'Slow zoom in while leaves move in the wind'],
  'sound-to-video': ['A host welcomes the guests, friendly, looking at the camera'],
  'video-extend': ['The camera keeps moving forward'],
  'video-to-video': ['The same scene as a watercolor painting'],
  foley: ['Rain on leaves and distant thunder'],
};

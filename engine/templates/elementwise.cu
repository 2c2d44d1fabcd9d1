{# USES_VARIABLES { N } #}
{% extends 'common_group.cu' %}
{% block kernels %}
{% import 'cuda_kernel.cu' as kernel with context %}
{{kernel.open('_elementwise')}}
    if (_thread >= N) return;
    const int _idx = _thread;
{% if '_transposed_idx' in variables %}
    const int _transposed_idx = _idx % N_post * N_pre + _idx / N_post;
{% endif %}
    const int64_t _vectorisation_idx = _thread;
    {{scalar_code|autoindent}}
    {
        {{vector_code|autoindent}}
    }
}
{% endblock %}
{% block launch %}
{% import 'cuda_kernel.cu' as kernel with context %}
{{kernel.launch('_elementwise', 'N')}}
{% endblock %}
